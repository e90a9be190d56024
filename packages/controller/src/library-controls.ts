import type { LibraryControls } from './http/glance/library-controls.ts';
import { deleteLibraryImage } from './operations/image-library/delete-image.ts';
import { downloadImage, uploadImage } from './operations/image-library/image-content.ts';
import {
  changeLibraryImage,
  createLibraryImage,
  findLibraryImage,
  listLibraryImages,
  tagLibraryImage,
  untagLibraryImage,
} from './operations/image-library/library-images.ts';
import type { Services } from './operations/engine/services.ts';

/** Joins the image API's pages to the library. */
export function libraryControls(services: Services): LibraryControls {
  return {
    list: (caller, query) => listLibraryImages(services, caller, query),
    image: (caller, id) => findLibraryImage(services, caller, id),
    create: (caller, fields) => createLibraryImage(services, caller, fields),
    change: (caller, id, patches) => changeLibraryImage(services, caller, id, patches),
    tag: (caller, id, tag) => tagLibraryImage(services, caller, id, tag),
    untag: (caller, id, tag) => untagLibraryImage(services, caller, id, tag),
    remove: (caller, id) => deleteLibraryImage(services, caller, id),
    upload: (caller, id, bytes, expectedBytes) => uploadImage(services, caller, id, bytes, expectedBytes),
    download: (image, range) => downloadImage(services, image, range),
  };
}
